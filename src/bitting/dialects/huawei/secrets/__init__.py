"""The secrets API (CSMS): 45 operations, one module for each subject.

A module holds the rows of its operations, the records of what they answer and, where wire values and commands do not
match one to one, the adapters between them. ``operations`` puts the rows together; ``rows`` is what they share and
``codecs`` the wire forms that only this API has.
"""
