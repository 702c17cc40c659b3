"""Messages such as a hotline sends: our own Chinese texts of 50 to 600 characters, a caller, a place. Seeded."""

import random
from collections.abc import Iterator
from typing import Any

SHORTEST, LONGEST = 50, 600

_WHAT = (
    ("路灯不亮", "道路两侧的路灯从上周起成片不亮，晚上八点以后整条路漆黑一片"),
    ("夜间施工噪声扰民", "工地每晚十一点以后仍在浇筑混凝土，搅拌车和振动棒的声音一直响到凌晨三点"),
    ("垃圾清运不及时", "小区门口的垃圾桶已经满溢三天，污水流到人行道上，气味很大"),
    ("井盖破损", "机动车道上的污水井盖断成两半，用一块木板盖着，电动车经过时险些翻倒"),
    ("电梯经常停运", "本单元唯一的电梯本月已停运五次，住在十六楼的老人下不了楼"),
    ("占道停车", "消防通道两边长期停满私家车，救护车上次进来用了二十多分钟"),
    ("自来水发黄", "早上打开水龙头，放了十分钟水还是黄的，还有铁锈味，没法做饭"),
    ("物业费不公开", "物业连续两年没有公示公共收益和维修资金的去向，多次询问没有答复"),
    ("餐饮油烟直排", "楼下新开的烧烤店没有装净化设施，油烟直接排到二楼阳台，窗户不敢开"),
    ("公交班次太少", "这条线路高峰期也要等四十分钟，上班的人挤不上车，学生经常迟到"),
)
_MORE = (
    "家里有七十多岁的老人和刚上学的孩子，出行很不方便。",
    "我们已经向物业反映过三次，每次都说正在联系，一直没有结果。",
    "附近的几位邻居也有同样的情况，大家都很着急。",
    "上个月底曾有人来看过现场，拍了照片就走了，之后再没有消息。",
    "希望有关部门到现场核实，明确由谁负责，什么时候能够处理完。",
    "如果属于规划之内的工程，也请公布工期和临时措施，让居民心里有数。",
    "前几天下雨时情况更严重，积水漫过路沿，有人因此摔伤。",
    "我可以提供照片和视频，也可以带工作人员到现场指认具体位置。",
    "请不要把电话转给被反映的单位，处理后给我一个答复就行。",
)
_PLACES = (
    ("510104017001", "水井坊社区大慈寺路口"),
    ("510104020", "春熙路步行街北口"),
    ("510104", "锦江区东大街地铁站旁"),
    ("510104026002", "沙河街道河滨路十二号院"),
)
_CATEGORIES = ("0204", "0203", "0201", "0205")
_KINDS = ("求助", "投诉", "咨询", "建议", "举报")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_GIVEN = ("建国", "秀英", "伟", "芳", "志强", "敏", "玉兰", "磊", "晓燕", "明")


def messages(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many different messages of a hotline; the same seed gives the same ones."""
    rng = random.Random(seed)
    for number in range(count):
        yield _message(rng, f"{seed:03d}-{number:07d}")


def _message(rng: random.Random, number: str) -> dict[str, Any]:
    title, what = rng.choice(_WHAT)
    area, address = rng.choice(_PLACES)
    phone = f"1{rng.choice('3578')}{rng.randrange(10**9):09d}"
    return {
        "upstream_no": f"B{number}",
        "title": title,
        "text": _text(rng, address, what, phone),
        "kind": rng.choice(_KINDS),
        "category": rng.choice(_CATEGORIES),
        "occurred_at": f"2026-11-{rng.randint(1, 20):02d}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:00+08:00",
        "person": {"name": rng.choice(_SURNAMES) + rng.choice(_GIVEN), "phone": phone},
        "place": {"area_code": area, "address": address},
    }


def _text(rng: random.Random, address: str, what: str, phone: str) -> str:
    """Mostly around 200 characters, as messages are; every tenth names the caller's phone in the text."""
    wanted = min(LONGEST, max(SHORTEST, int(rng.lognormvariate(5.3, 0.5))))
    said = f"您好，我住在{address}附近，{what}。"
    if rng.random() < 0.1:
        said += f"我的电话是{phone}。"
    while len(said) < wanted:
        said += rng.choice(_MORE)
    return said[:wanted]
