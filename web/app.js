// Shows GraphiQL with one tab for each file in web/examples; examples.js is made of them when the server is built.
'use strict';

const e = React.createElement;

// What a visitor types is kept in this browser, apart from that of other GraphiQL pages at the same address.
const storage = GraphiQL.createLocalStorage({ namespace: 'seeka' });

function restoreExamples() {
  if (window.confirm('Close all tabs, forget what was typed here, and start with the examples again?')) {
    storage.clear();
    window.location.reload();
  }
}

const brand = e(
  'div',
  { className: 'brand' },
  e('button', { type: 'button', onClick: restoreExamples }, 'Restore examples'),
  e('strong', null, 'Seeka'),
);

ReactDOM.createRoot(document.getElementById('page')).render(
  e(
    GraphiQL,
    {
      // Relative to the page, so that it also works behind a path prefix.
      fetcher: GraphiQL.createFetcher({ url: './graphql' }),
      storage,
      defaultTabs: SEEKA_EXAMPLES.map((query) => ({ query })),
      isHeadersEditorEnabled: true,
      // A header may hold a sign-in token; it must not outlive the visit.
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
      inputValueDeprecation: true,
      schemaDescription: true,
    },
    e(GraphiQL.Logo, null, brand),
  ),
);
