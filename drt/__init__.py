"""The harness: puts Cedar engines side by side at random, by proof and from memory."""
