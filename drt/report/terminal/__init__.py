"""What people see: rich lives here and nowhere else.

Generated text is shown as text: it is never read as markup, and what a terminal would act on is spelled out.
"""
