"""Small scope, exhaustively: every operator and every rule of a document, each in order, none at random."""
