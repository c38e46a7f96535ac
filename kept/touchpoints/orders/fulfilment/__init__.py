"""What leaves the house: parcels, their serial numbers, and what comes back."""
