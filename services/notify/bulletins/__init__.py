"""Bulletins 通报: what a month or a week came to, gathered once, then told as XLSX, PDF or CSV."""
