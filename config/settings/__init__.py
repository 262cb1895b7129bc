"""Every setting of the site, read from the environment (and `.env`). `.env.example` explains each.

Three ways to run:
- development: `manage.py` in a checkout that has no SECRET_KEY. DEBUG is on, the key is a known one.
- demo: DEMO=1 (`make demo`). DEBUG is off, plain http on localhost, mails are readable on a page.
- production: anything else. A missing setting, or one for a demo only, stops the start with a sentence;
  docs/production.md lists it.
"""

from config.settings.database import *
from config.settings.environment import *
from config.settings.installed import *
from config.settings.language import *
from config.settings.limits import *
from config.settings.mail import *
from config.settings.paypal import *
from config.settings.people import *
from config.settings.pictures import *
from config.settings.providers import *
from config.settings.security import *
from config.settings.server import *
from config.settings.static import *
from config.settings.stripe import *
