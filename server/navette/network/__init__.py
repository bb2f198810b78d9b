"""Libraries, opening days and closures, the van: who the network is, and when."""
