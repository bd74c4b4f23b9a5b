"""One form of whatever takes longer than a moment: options and inputs, steps, a result with its record.

::

    for step in job.run():
        step.index, step.values, step.preview, step.state

What is named here is imported when it is first used; none of it needs torch before a job runs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
