"""The compiler's parts: what documents look like to a typed decoder, and the code that is made of lenses."""
