"""Jobs: one interface for everything that runs in steps. Options and inputs go in; a result with its record comes out.

::

    for step in job.run():
        step.index, step.values, step.preview, step.state

Names are imported on first use, and none of them needs torch before a job runs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
