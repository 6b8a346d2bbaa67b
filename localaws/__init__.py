"""The embedded AWS: moto's services, and a CloudFormation that does what our templates need."""
