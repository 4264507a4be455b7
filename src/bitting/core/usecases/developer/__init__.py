"""Developer mode: injected faults and a movable clock. Not reachable on a production server."""
