"""The only room of the product that talks to AWS through boto3: sessions, paging, waiting, error translation."""
