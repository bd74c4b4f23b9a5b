"""The methods, one paper a file: each from a network and pictures to arrays."""
