"""The web, and the way to APIs that run apart 分开运行的前端: `uvicorn manage.standalone.apartfront:app`.

`GRIDCALL_UPSTREAMS` (JSON) says where each service is; the supervisor sets it.
"""

import json
import os

from manage.standalone.fronts import apart_front

app = apart_front(json.loads(os.environ["GRIDCALL_UPSTREAMS"]))
