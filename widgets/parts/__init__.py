"""Parts that panes are made of: buttons, fields, tabs, rows and tables."""
