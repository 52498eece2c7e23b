"""Small programs that stand for the original scripts: started by the harness, never imported."""
