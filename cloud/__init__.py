"""The only room of the product that talks to AWS through boto3: sessions, paging, waiting, error translation.

from cloud.session import Cloud            # Cloud(region="eu-central-1").pages("ec2", "DescribeVpcs", "Vpcs")
from cloud.region import choose_region     # Region(name="eu-central-1", source="AWS_REGION"), without boto3
from cloud.errors import CloudError        # str() of it is the line for the user
from cloud import local                    # local.running(root), local.environment(os.environ, endpoint)
"""
