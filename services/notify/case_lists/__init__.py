"""Exports of case lists 工单清单导出: a job in blocks, its lines, its files."""
