/** Names of prescription medicines, as patients with rare diseases trade them: those of the catalogue, and what is sold most. */

/** Generic names in Chinese, without what tells one form from another. */
export const CHINESE_NAMES: readonly string[] = (
  '丁苯那嗪 丙戊酸 二氮嗪 二甲双胍 他达拉非 伊奈利珠单抗 伊普可泮 伊洛前列素 伊米苷酶 伐莫洛龙 依库珠单抗 依洛尤单抗 依洛硫酸酯酶 依维莫司 依达拉奉 信玖凝 减肥针 利司扑兰 利奥西呱 ' +
  '利鲁唑 加巴喷丁 卡谷氨酸 去铁胺 去铁酮 可伐利单抗 可待因 右美沙芬 司妥昔单抗 司替戊醇 司来帕格 司美替尼 司美格鲁肽 吡非尼酮 哌甲酯 喹硫平 地拉罗司 培妥罗凝血素 复迈宁 奥卡西平 ' +
  '奥司他韦 奥德昔巴特 奥扎莫德 奥氮平 奥法妥木单抗 奥瑞利珠单抗 安立生坦 富马酸二甲酯 尼替西农 尼达尼布 左乙拉西坦 左旋多巴 巴氯芬 布罗索尤单抗 托吡酯 托夫生 拉罗尼酶 拉莫三嗪 ' +
  '拉那利尤单抗 普瑞巴林 曲前列尼尔 曲恩汀 曲马多 替尔泊肽 替度格鲁肽 杜冷丁 来氟米特 来那度胺 枸橼酸西地那非 氘丁苯那嗪 氨吡啶 氨己烯酸 氯巴占 氯硝西泮 氯苯唑酸 氯苯唑酸葡胺 沙丙蝶呤 ' +
  '沙利度胺 波哌达可基 波生坦 泰它西普 泰爱 泽卢克布仑 溴吡斯的明 特立氟胺 环磷酰胺 瑞利珠单抗 甲氨蝶呤 硫唑嘌呤 秋水仙碱 维拉苷酶 罗泽利昔珠单抗 羟基脲 羟氯喹 肉毒素 艾加莫德 ' +
  '艾夫糖苷酶 艾度硫酸酯酶 艾替班特 艾格司他 艾美赛珠单抗 艾诺凝血素 芦沃美替尼 芬妥司兰 芬戈莫德 苯丁酸甘油酯 苯巴比妥 萨特利珠单抗 西地那非 西尼莫德 西罗莫司凝胶 诺西那生钠 达妥昔单抗 ' +
  '那米司特 醋酸格拉替雷 醋酸氟氢可的松 醋酸锌 重组人凝血因子Ⅶa 重组人凝血因子Ⅷ 重组人凝血因子Ⅸ 重组人干扰素β-1b 阿加糖酶 阿普唑仑 阿糖苷酶 阿那白滞素 青霉胺 马塔西单抗 马昔腾坦 ' +
  '麦格司他 麦考酚酯'
).split(' ');

/** Generic and brand names in small letters, their first word. */
export const LATIN_NAMES: readonly string[] = (
  'adderall adempas advate afinitor agalsidase agamree aldurazyme alglucosidase alprolix ambrisentan ' +
  'anakinra aubagio austedo avalglucosidase azathioprine baclofen benefix betaferon bosentan botox ' +
  'burosumab bylvay carbaglu carglumic cellcept cerdelga cerezyme cialis clobazam clonazepam codeine ' +
  'colchicine copaxone crovalimab crysvita cuprior dalnacogene deferasirox deutetrabenazine ' +
  'dexamethasone diacomit diazoxide dinutuximab eculizumab edaravone efgartigimod eftrenonacog ' +
  'eliglustat elosulfase emicizumab enbrel enspryng epidiolex eptacog esperoct everolimus evolocumab ' +
  'evrysdi exjade fabhalta fabrazyme fampridine fampyra fentanyl fingolimod firazyr fitusiran ' +
  'fludrocortisone frisium fumaining fumarate gabapentin gaurunning gilenya glatiramer gleevec hemlibra ' +
  'humira hunterase hydroxychloroquine hydroxyurea hyftor hympavzi icatibant idursulfase iloprost ' +
  'imiglucerase inebilizumab insulin iptacopan jascayd keppra kesimpta kineret koselugo kuvan ' +
  'lamotrigine lanadelumab laronidase levetiracetam luvometinib mabthera macitentan marstacimab mayzent ' +
  'methotrexate methylphenidate miglustat morphine mounjaro mycophenolate myozyme nerandomilast ' +
  'nexviazyme nintedanib nitisinone nobelzin nonacog novoseven nusinersen ocrelizumab ocrevus octocog ' +
  'odevixibat ofatumumab ofev onfi opsumit orfadin oxycodone oxycontin ozanimod ozempic penicillamine ' +
  'phenobarbital phenylbutyrate piasky pirfenidone plaquenil prednisolone prednisone pregabalin prograf ' +
  'pyridostigmine qalsody qarziba qfitlia radicava rapamune ravicti ravulizumab remicade remodulin ' +
  'repatha replagal revestive revlimid rilutek riluzole riociguat risdiplam ritalin rituxan rivotril ' +
  'rozanolixizumab rystiggo sabril sapropterin satralizumab selexipag selumetinib sildenafil siltuximab ' +
  'siponimod sirolimus soliris spinraza stelara stiripentol sylvant tacrolimus tadalafil tafamidis ' +
  'takhzyro tecfidera teduglutide telitacicept teriflunomide tetrabenazine thalidomide tofersen ' +
  'topiramate tracleer tramadol treprostinil trientine turoctocog ultomiris uplizna uptravi valium ' +
  'valproate vamorolone velaglucerase ventavis viagra vigabatrin vimizim volibris vpriv vyndamax ' +
  'vyndaqel vyvgart wegovy xanax xinjiuning xyrem zavesca zeposia zilbrysq zilucoplan zolgensma'
).split(' ');

/** How generic names end in Chinese, for kinds of medicine. */
export const CHINESE_ENDINGS: readonly string[] = (
  '单抗 双抗 替尼 他汀 沙坦 普利 霉素 西林 那韦 布韦 洛尔 地平 西泮 唑仑 曲坦 拉唑 波帕 司他 司亭 司群 司韦 ' +
  '生坦 莫司 卡托 那生 司兰 加滨 糖酶 苷酶 硫酸酯酶 肽酶 帕格 罗肽 鲁肽 那肽 托拉 巴占 西平 尼松 米松 泊苷 ' +
  '度胺 膦酸 格雷 沙星 洛芬 吗啡 芬太尼 哌酮 哌酯 拉嗪 普坦 吡酮 尼布 替康 依库珠'
).split(' ');

/** What medicine is called, and brand names, in Chinese. */
export const CHINESE_KINDS: readonly string[] = (
  '靶向药 特效药 救命药 进口药 原研药 仿制药 孤儿药 处方药 止痛药 激素药 胶囊 针剂 口服液 注射液 注射剂 ' +
  '生物制剂 丙球 丙种球蛋白 免疫球蛋白 球蛋白 白蛋白 人血白 凝血因子 干扰素 胰岛素 生长激素 激素 强的松 ' +
  '美卓乐 利鲁唑 骁悉 爱必妥 易瑞沙 格列卫 修美乐 类克 美罗华 思而赞 美而赞 法布赞 瑞普佳 万他维 全可利 ' +
  '波生坦 雷帕 诺西那生 利司扑兰 艾满欣 伊米 药片 药剂 药品 药瓶'
).split(' ');

/** How generic names end. */
export const LATIN_ENDINGS: readonly string[] = (
  'mab nib nersen lam stat pril sartan olol mycin cillin cept parib statin pam codone phine formin glutide ' +
  'limus sone solone caftor xaban entan ciguat prost fenone glucerase galsidase ronidase sulfase ' +
  'glucosidase asparaginase idine mide zole vir afil lukast setron triptan gliptin gliflozin'
).split(' ');
