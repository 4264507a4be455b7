"""The official clients against a real server, each in its own pinned environment.

::

    environments.py   makes and keeps one Python environment per client set
    server.py         starts `bitting serve` on free ports and stops it
    rig.py            runs the drivers once per server and remembers every step
    clients/plan.py   which client takes which steps, and who reads whose ciphertexts
    clients/driving.py  what all drivers share; runs inside the environment
    clients/*.py      one driver per SDK; nothing but that SDK and the standard library
"""
