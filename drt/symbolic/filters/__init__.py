"""Certificates of database filters: SQL read back as a Cedar condition, and proved to be the policies.

Read `condition` for what SQL means, `proof` for what is proved, `certificate` for what is stored.
"""
