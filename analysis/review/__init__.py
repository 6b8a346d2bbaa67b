"""The review page: one HTML file with all that a reviewer of the templates asks.

`facts` reads the templates, `changes` compares two readings, `page` writes the HTML with the files of `html/`.
"""
