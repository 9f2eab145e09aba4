"""The commands as they are declared: names, options, words; light."""
