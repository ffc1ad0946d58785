import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { api } from './api';
import { App } from './app';
import { Speaking } from './language/language';
import { arrive } from './session';
import './style.css';

createRoot(document.querySelector('#app') as HTMLElement).render(
  <StrictMode>
    <Speaking>
      <ApolloProvider client={api}>
        <App />
      </ApolloProvider>
    </Speaking>
  </StrictMode>,
);
void arrive();
