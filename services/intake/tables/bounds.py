"""How much a table may hold 读表上限: a file that would outgrow them is refused as a whole, in one sentence."""

FILE_MB = 100
MOST_ROWS = 500_000
MOST_COLUMNS = 200
MOST_CELL = 100_000
"""Characters in one cell; a spreadsheet itself allows 32,767."""
MOST_LINE = 1_000_000
"""Bytes of one row as JSON."""
MEMORY = 2 * 2**30
"""Bytes that the reading process may use: what is packed densely to unpack without end ends there."""
CPU_SECONDS = 120
UNPACKED = 1536 * 2**20
"""Bytes that the parts of an XLSX say they unpack to."""
