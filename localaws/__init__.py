"""The embedded AWS of `deploy.sh --local`: moto for the services, a small CloudFormation in front of it."""
