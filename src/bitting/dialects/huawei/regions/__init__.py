"""Keys in further regions: replicas, the primary region, and the jobs that replicate."""
