"""What `deploy.sh` does at run time, for the platform engineer."""
