"""Assessment of engines and of the harness: recorded verdicts, stress, planted defects, reproduction."""
