import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Public } from '../../common/access.js';
import { localized, type Texts, texts } from '../../common/localized.js';

export enum TextFindingKind {
  PHONE = 'PHONE',
  NATIONAL_ID = 'NATIONAL_ID',
  BANK_CARD = 'BANK_CARD',
  EMAIL = 'EMAIL',
  MESSENGER = 'MESSENGER',
  ADDRESS = 'ADDRESS',
  MEDICINE_SALE = 'MEDICINE_SALE',
}
registerEnumType(TextFindingKind, {
  name: 'TextFindingKind',
  description: 'What a passage seems to be that must not be published.',
  valuesConfig: {
    PHONE: { description: "A telephone number. Hotlines, such as 120 or 400 numbers, are nobody's and may stand." },
    NATIONAL_ID: { description: 'The number of an identity card, a passport or a social insurance card.' },
    BANK_CARD: { description: 'The number of a bank card or an account.' },
    EMAIL: { description: 'An e-mail address, also one in words.' },
    MESSENGER: { description: 'A name or number in a messenger or network, such as WeChat, QQ or WhatsApp.' },
    ADDRESS: { description: 'Where somebody lives, down to a street and number, a house or a village.' },
    MEDICINE_SALE: {
      description: 'An offer to sell, buy, exchange or give away medicine. Talking about prices is not one.',
    },
  },
});

/** What an author is told of each kind: what it seems to be, and what to do. */
const EXPLANATIONS: Readonly<Record<TextFindingKind, Texts>> = {
  [TextFindingKind.PHONE]: texts(
    'This looks like a telephone number. Everybody can read what is published: take it out.',
    '这里像是电话号码。发布的内容人人可见，请删去。',
  ),
  [TextFindingKind.NATIONAL_ID]: texts(
    'This looks like the number of an identity document. It would tell everybody who you are: take it out.',
    '这里像是身份证件号码，会让所有人知道您是谁，请删去。',
  ),
  [TextFindingKind.BANK_CARD]: texts(
    'This looks like the number of a bank card or account. Take it out; for aid, use the fund.',
    '这里像是银行卡号或账号，请删去；需要援助请通过基金申请。',
  ),
  [TextFindingKind.EMAIL]: texts(
    'This looks like an e-mail address. Everybody can read what is published: take it out.',
    '这里像是电子邮箱地址。发布的内容人人可见，请删去。',
  ),
  [TextFindingKind.MESSENGER]: texts(
    'This looks like a name or number in a messenger. Everybody can read what is published: take it out.',
    '这里像是微信、QQ 等社交账号。发布的内容人人可见，请删去。',
  ),
  [TextFindingKind.ADDRESS]: texts(
    'This looks like the address of a home. Name the city or province at most, and take the rest out.',
    '这里像是住址。最多写到省市，其余请删去。',
  ),
  [TextFindingKind.MEDICINE_SALE]: texts(
    'This looks like an offer to sell, buy, exchange or give away medicine. Medicine is to be had on prescription, from a pharmacy only: take it out.',
    '这里像是买卖、交换或赠送药品的信息。药品只能凭处方从药房获得，请删去。',
  ),
};

@ObjectType({
  simpleResolvers: true,
  description: 'A passage that must not be published, with its place, so that a client can mark it.',
})
@Public()
export class TextFinding {
  @Field(() => String, {
    description: 'In which of the texts that you sent, by the name of the input field: `title` or `body`, for example.',
  })
  readonly field!: string;

  @Field(() => TextFindingKind, { description: 'What it seems to be.' })
  readonly kind!: TextFindingKind;

  @Field(() => Int, {
    description:
      'Where it begins in the text as you sent it, counted from 0 in UTF-16 units, as strings are counted in JavaScript and Java.',
  })
  readonly start!: number;

  @Field(() => Int, { description: 'Where it ends, counted likewise: the first unit behind it.' })
  readonly end!: number;
}

export const TextFindingTexts = localized<TextFinding>(
  TextFinding,
  'explanation',
  'What it seems to be and what to do about it, in a sentence or two.',
  ({ kind }) => EXPLANATIONS[kind],
);
