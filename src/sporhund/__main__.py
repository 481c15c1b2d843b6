"""python -m sporhund"""
from sporhund.cli.main import main

main()
