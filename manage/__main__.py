"""`python -m manage`: what `./gridcall` becomes once its environment stands."""

from manage.cli import main

if __name__ == "__main__":
    main()
