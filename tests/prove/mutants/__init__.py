"""Workers with one guard taken out: what a proof does with them must turn red. Nothing of the product imports these."""

import django

django.setup()
