import type { Client } from 'pg';
import { CareStage } from '../common/care-stage.js';
import { fixedId } from '../common/ids.js';
import { ArticleAuthorClass } from './article/article.js';

interface DemoArticle {
  readonly slug: string;
  /** By the national list's number; null for all diseases. */
  readonly catalogNo: number | null;
  readonly stages: readonly CareStage[];
  readonly authorClass: ArticleAuthorClass;
  readonly titleEn: string;
  readonly titleZh: string;
  readonly bodyEn: string;
  readonly bodyZh: string;
  readonly sources: readonly string[];
  /** YYYY-MM-DD */
  readonly publishedOn: string;
}

const { NEWLY_DIAGNOSED, ACTIVE, REMISSION, LONG_TERM } = CareStage;
const { PHYSICIAN, FOUNDATION, SPONSORED } = ArticleAuthorClass;
const EVERY_STAGE = [NEWLY_DIAGNOSED, ACTIVE, REMISSION, LONG_TERM];

const LABEL_EN = '*This is demo text. Nobody has checked it; it does not replace what your physician says.*';
const LABEL_ZH = '*本文为演示内容，未经审核，不能代替医生的建议。*';

const ARTICLES: readonly DemoArticle[] = [
  {
    slug: 'first-weeks-after-a-diagnosis',
    catalogNo: null,
    stages: [NEWLY_DIAGNOSED],
    authorClass: FOUNDATION,
    titleEn: 'The first weeks after a diagnosis',
    titleZh: '确诊后的最初几周',
    bodyEn: `A name for what you have is a beginning, and it is much at once. You need not understand all of it this week.

- Keep every paper in one place: reports, pictures, bills.
- Write down your questions before each visit, the three most important ones first.
- Ask who is to be called when something happens between visits.
- Tell one person whom you trust. You need not tell everybody.`,
    bodyZh: `知道病名是一个开始，但信息很多，不必在一周内全部弄懂。

- 把检查报告、影像和票据放在一处保存。
- 每次就诊前写下问题，把最重要的三个放在前面。
- 问清楚两次就诊之间有情况时应联系谁。
- 告诉一位您信任的人，不必告诉所有人。`,
    sources: ['Rare Diseases International', 'EURORDIS'],
    publishedOn: '2026-01-12',
  },
  {
    slug: 'keeping-a-symptom-diary',
    catalogNo: null,
    stages: EVERY_STAGE,
    authorClass: PHYSICIAN,
    titleEn: 'A diary that helps at the next visit',
    titleZh: '写一份对就诊有用的症状日记',
    bodyEn: `A minute each evening is enough. Note the same few symptoms each day, also when they are not there: a 0 says as much as an 8.

A single bad day means little. What counts is whether a week differs from the weeks before. Bring the chart to your visit instead of trying to remember.`,
    bodyZh: `每晚一分钟就够了。每天记录同样的几个症状，没有症状时也要记：0分和8分同样有意义。

某一天不好说明不了什么，重要的是这一周与前几周相比有没有变化。就诊时带上图表，不必靠回忆。`,
    sources: ['World Health Organization'],
    publishedOn: '2026-01-19',
  },
  {
    slug: 'preparing-a-video-visit',
    catalogNo: null,
    stages: EVERY_STAGE,
    authorClass: FOUNDATION,
    titleEn: 'Preparing a visit by video',
    titleZh: '如何准备视频问诊',
    bodyEn: `Sit with the light in front of you, have your medicines within reach, and try the connection before. Say at the start what matters most to you. At the end repeat in your own words what was agreed on, and ask when you will speak again.

A visit by video is not for emergencies. Call 120 then.`,
    bodyZh: `面向光源就座，把正在使用的药品放在手边，提前测试网络。一开始就说出您最关心的问题；结束前用自己的话复述商定的内容，并确认下次沟通时间。

视频问诊不适用于急症，急症请拨打120。`,
    sources: ['National Health Commission of the People’s Republic of China'],
    publishedOn: '2026-02-09',
  },
  {
    slug: 'medicine-every-day',
    catalogNo: null,
    stages: [ACTIVE, REMISSION, LONG_TERM],
    authorClass: PHYSICIAN,
    titleEn: 'When treatment has become routine',
    titleZh: '当治疗成为日常',
    bodyEn: `Feeling well is often what the treatment does, and no sign that it can be left out. Do not stop or change a medicine by yourself; call first.

What helps many: the same time each day, a box for the week, somebody who asks. If you leave something out on purpose, say so: it is easier to find another way together than to guess.`,
    bodyZh: `感觉良好往往正是治疗的效果，并不意味着可以停药。请勿自行停药或改药，应先联系医生。

很多人觉得有用的方法：固定时间服药、使用一周药盒、请家人提醒。如果有意漏服，请如实告诉医生，一起找办法比猜测更好。`,
    sources: ['World Health Organization'],
    publishedOn: '2026-03-02',
  },
  {
    slug: 'for-those-who-care-for-somebody',
    catalogNo: null,
    stages: [NEWLY_DIAGNOSED, ACTIVE, LONG_TERM],
    authorClass: FOUNDATION,
    titleEn: 'For those who care for somebody',
    titleZh: '写给照护者',
    bodyEn: `Who cares for others is often asked last how they are. Share out what can be shared: one drives, one keeps the papers, one listens.

Plan a free hour a week as you plan an appointment. If you sleep badly for weeks or nothing gives you joy any more, speak to a physician about yourself.`,
    bodyZh: `照护者常常最后才被问起自己好不好。把可以分担的事分出去：有人接送，有人整理资料，有人倾听。

像安排就诊一样，每周给自己安排一小时。如果连续几周睡不好，或对什么都提不起兴趣，请为自己看一次医生。`,
    sources: ['EURORDIS', 'World Health Organization'],
    publishedOn: '2026-03-30',
  },
  {
    slug: 'gaucher-what-to-watch-between-visits',
    catalogNo: 31,
    stages: [NEWLY_DIAGNOSED, ACTIVE],
    authorClass: PHYSICIAN,
    titleEn: 'Gaucher disease: what to watch between visits',
    titleZh: '戈谢病：两次就诊之间要留意什么',
    bodyEn: `Worth noting: how tired you are, pain in the bones, bruises and bleeding, a belly that feels fuller. Sudden strong pain in a bone, bleeding that does not stop, or fever with pain should be seen by a physician the same day.

Tell every dentist and surgeon about the disease before they begin.`,
    bodyZh: `值得记录的有：疲劳程度、骨痛、瘀青和出血、腹部饱胀。突发剧烈骨痛、出血不止，或发热伴疼痛，应当天就医。

接受牙科治疗或手术前，请告知医生您的疾病。`,
    sources: ['International Gaucher Alliance', 'Chinese Expert Consensus on Gaucher Disease'],
    publishedOn: '2026-04-20',
  },
  {
    slug: 'gaucher-living-with-regular-infusions',
    catalogNo: 31,
    stages: [ACTIVE, REMISSION, LONG_TERM],
    authorClass: SPONSORED,
    titleEn: 'Gaucher disease: living with regular infusions',
    titleZh: '戈谢病：与定期输注相处',
    bodyEn: `For many, infusions set the beat of the month. Book several dates at once, know whom to call when one must be moved, and ask early what to do when you travel.

This text was paid for by a (made-up) maker of medicines. It names no product and asks you for nothing.`,
    bodyZh: `对许多人来说，输注决定了每个月的节奏。一次约好几次时间，了解需要改期时联系谁，出行前尽早咨询安排。

本文由一家（虚构的）药企赞助，不涉及任何产品，也不要求您做任何事。`,
    sources: ['International Gaucher Alliance'],
    publishedOn: '2026-05-11',
  },
  {
    slug: 'fabry-heat-cold-and-exercise',
    catalogNo: 27,
    stages: EVERY_STAGE,
    authorClass: PHYSICIAN,
    titleEn: 'Fabry disease: heat, cold and exercise',
    titleZh: '法布雷病：冷热与运动',
    bodyEn: `Many feel burning in hands and feet when it is hot, when they have a fever or after sport. Short sessions, shade, water and pauses often work better than giving up movement.

Note what sets it off. Pain in the chest, fainting or sudden weakness is an emergency.`,
    bodyZh: `许多人在天热、发烧或运动后会感到手脚灼痛。缩短运动时间、避开日晒、补水并适当休息，往往比完全不动更好。

请记录诱发因素。胸痛、晕厥或突然无力属于急症。`,
    sources: ['Fabry International Network', 'Chinese Expert Consensus on Fabry Disease'],
    publishedOn: '2026-06-08',
  },
  {
    slug: 'sma-days-at-school',
    catalogNo: 110,
    stages: [ACTIVE, LONG_TERM],
    authorClass: FOUNDATION,
    titleEn: 'Spinal muscular atrophy: days at school',
    titleZh: '脊髓性肌萎缩症：在学校的日子',
    bodyEn: `Talk to the school before term begins: ways without steps, a place to lie down, who helps in an emergency, and what the child wants to do alone. Write it on one page.

Coughs matter more than for others. Agree with the physician beforehand from when on to call.`,
    bodyZh: `开学前与学校沟通：无障碍通道、可以平躺休息的地方、紧急情况由谁协助，以及孩子希望自己完成哪些事。把这些写在一页纸上。

对这类孩子来说，咳嗽需要格外重视。请提前与医生约定什么情况下需要联系。`,
    sources: ['SMA Europe', 'Cure SMA'],
    publishedOn: '2026-09-01',
  },
];

/**
 * Makes the demo's articles. What is there is left as it is.
 *
 * @param client a connection of an administrator, in a transaction or not
 * @param diseases of the catalog; what is about one that is not there is left out
 */
export async function importDemoArticles(
  client: Client,
  diseases: readonly { readonly id: string; readonly catalogNo: number }[],
): Promise<void> {
  const idOf = new Map(diseases.map(({ id, catalogNo }) => [catalogNo, id]));
  for (const article of ARTICLES) {
    const { slug, catalogNo, stages, authorClass, titleEn, titleZh, bodyEn, bodyZh, sources, publishedOn } = article;
    const diseaseId = catalogNo === null ? null : idOf.get(catalogNo);
    if (diseaseId === undefined) continue;
    await client.query(
      `insert into community.article
         (id, slug, title_en, title_zh, body_en, body_zh, disease_id, stages, author_class, sources, demo, published_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11) on conflict do nothing`,
      [
        fixedId('article', slug, Date.parse(publishedOn)),
        slug,
        titleEn,
        titleZh,
        `${bodyEn}\n\n${LABEL_EN}`,
        `${bodyZh}\n\n${LABEL_ZH}`,
        diseaseId,
        stages,
        authorClass,
        sources,
        `${publishedOn}T00:00:00Z`,
      ],
    );
  }
}
