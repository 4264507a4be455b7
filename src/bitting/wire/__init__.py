"""Grammar shared by dialects: forms, signatures, XML, REST, protobuf. Knows no operation."""
