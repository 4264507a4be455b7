"""Syntax shared by dialects: forms, signatures, XML, REST paths, Protocol Buffers. Knows no operation."""
