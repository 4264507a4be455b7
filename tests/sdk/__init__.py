"""The official clients against a real server, each in its own pinned environment.

::

    environments.py   makes and keeps one Python environment per client set
    server.py         starts `bitting serve` on free ports and stops it
    client_runner.py  runs the client scripts once per server and remembers every step
    clients/plan.py   which client takes which steps, and who reads whose ciphertexts
    clients/client_script.py  what all client scripts share; runs inside the environment
    clients/*.py      one client script per SDK; nothing but that SDK and the standard library
"""
