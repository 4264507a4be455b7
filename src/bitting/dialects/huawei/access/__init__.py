"""Data key capsules: access points, the key policies that name them, and the capsules themselves."""
