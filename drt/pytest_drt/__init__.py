"""The pytest plug-in: one test item per case of a corpus."""
