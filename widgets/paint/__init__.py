"""How the window looks: tokens, ink, signs, icons, and how numbers are written."""
