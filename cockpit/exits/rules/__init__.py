"""One file, one rule: parameters, kernel, words and examples. Adding a file here adds a rule everywhere."""
