"""What the project's Python tools share: exports, references, file formats."""
