"""How requests and answers look on the way: HTTP, AWS's protocols, and the seam of a service."""
