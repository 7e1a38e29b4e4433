import sys

from goodwill.cli import main

sys.exit(main())
