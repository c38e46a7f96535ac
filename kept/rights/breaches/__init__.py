"""The register of breaches: what, who, how bad, who was told and when, on the law's clock."""
