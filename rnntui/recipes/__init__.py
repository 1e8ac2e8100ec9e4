"""Recipes: every hyperparameter of a training, by name, in one TOML file each."""
