"""What the figures show of the causes, in words."""

from __future__ import annotations

from dafeng.vocabulary import Text

READING = (
    Text(
        zh="差异主要来自原煤的因子：因子部分 {coal} 百万吨，净差 {difference} 百万吨。"
        "本软件 {ours} t/t = 20,908 kJ/kg × 烟煤 26.1 tC/TJ × 98 % × 44/12；"
        "清单中位数 {theirs} t/t，按同一热值相当于含碳量 × 氧化率 {their_carbon} tC/TJ，"
        "本软件为 {our_carbon}。",
        en="Most of it is the factor of raw coal: its factor part is {coal} Mt, the net difference "
        "{difference} Mt. Ours, {ours} t/t, is 20,908 kJ/kg × 26.1 tC/TJ of bituminous coal × 98 % "
        "× 44/12; the inventory's median, {theirs} t/t, is carbon × oxidation of {their_carbon} "
        "tC/TJ at the same calorific value, where ours is {our_carbon}.",
    ),
    Text(
        zh="第5节表明清单的原煤因子分部门而不分省：农业、建筑业 {farm}，交通、商业、其他、生活 "
        "{home}；本软件各用途氧化率同为 98 %，规则库已注明偏高（oxidation-2007）。"
        "所以原煤的活动部分（{coal_activity} 百万吨）也含部门构成之差；"
        "热值、含碳量、氧化率各占多少，这些数字分不开。",
        en="Section 5 shows that the inventory's factor of raw coal depends on the sector and not "
        "on the province: {farm} in farming and construction, {home} in transport, trade, other "
        "sectors and households. Ours has 98 % oxidation in every use, which the rulebook says is "
        "on the high side (oxidation-2007). The activity part of raw coal ({coal_activity} Mt) "
        "therefore holds the mix of sectors too; how much of the factor is calorific value, carbon "
        "or oxidation cannot be told from these figures.",
    ),
    Text(
        zh="焦炭同向（因子部分 {coke} 百万吨）；焦炉煤气和其他煤气反向（{gases} 百万吨）：本软件"
        "取2013年企业指南的含碳量，清单的因子高约一半。",
        en="Coke goes the same way (factor part {coke} Mt), the two coal gases the other way "
        "({gases} Mt): our carbon content is that of the 2013 enterprise guidelines, and the "
        "inventory's factors are higher by about a half.",
    ),
    Text(
        zh="汽油、煤油、柴油、其他煤气、炼厂干气的比值各省相同：清单所计的量即本方法所计的量"
        "（终端消费扣除非能源使用，加火电与供热投入），差异全在因子，双方都不计转换损失。",
        en="The ratios of gasoline, kerosene, diesel, other gas and refinery gas are the same in "
        "every province that has them: the inventory counts the quantities that this method counts "
        "(final consumption less non-energy use, plus inputs to power and heating), the difference "
        "is all factor, and neither side counts losses of transformation there.",
    ),
    Text(
        zh="其他石油制品相反：各省比值无一相同，中位数不是因子，上表的因子部分没有因子的含义。"
        "清单几乎不计（{their_petroleum} 百万吨，本软件 {our_petroleum}），所差 {petroleum} "
        "百万吨是所计的量不同。",
        en="Other petroleum products are the opposite: no ratio repeats, the median is no factor, "
        "and neither is the factor part above. The inventory hardly counts them "
        "({their_petroleum} Mt, ours {our_petroleum}); the difference of {petroleum} Mt is one of "
        "the quantity that is counted.",
    ),
    Text(
        zh="两处活动差异可由平衡表认出：山东其他焦化产品，印刷的终端消费量 16.78 与其工业行 69.94"
        "（万吨）矛盾，导入时已有警告，清单相当于取 {tar}；广东原油，清单相当于取 {crude} 万吨，"
        "即终端消费量未扣非能源使用 4.87。其余活动差异的原因这些数字看不出。",
        en="Two activity parts can be recognised in the balance. Shandong's other coking products: "
        "the printed final consumption, 16.78, contradicts its own industry row, 69.94 (10⁴ t), "
        "as the import warns; the inventory comes to {tar}. Guangdong's crude oil: the inventory "
        "comes to {crude} × 10⁴ t, the final consumption without taking off the non-energy use of "
        "4.87. Causes of the others do not show in these figures.",
    ),
)
