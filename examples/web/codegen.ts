import type { CodegenConfig } from '@graphql-codegen/cli';

/** `npm run codegen` makes types of our operations from the schema. */
const config: CodegenConfig = {
  schema: '../../schema/api.graphql',
  documents: 'src/operations/*.graphql',
  generates: {
    'src/gql/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        // a scalar that is not named here would be `any`
        strictScalars: true,
        scalars: { ID: 'string', Date: 'string', DateTime: 'string', Decimal: 'string' },
      },
    },
  },
  importExtension: '',
};

export default config;
