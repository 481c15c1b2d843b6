"""The command `sporhund`, also as `python -m sporhund`: an interruption during the imports is no traceback either."""
import sys


def main() -> None:
    """Run the command line."""
    try:
        from sporhund.cli.main import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted before anything was done.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
