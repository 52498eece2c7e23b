"""What a start needs: found out beforehand, told in plain words, with a way out for each."""
