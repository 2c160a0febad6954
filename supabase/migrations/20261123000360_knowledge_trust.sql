-- Knowledge -----------------------------------------------------------------------------------------------------------

create table public.knowledge_documents (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  kind text not null check (kind in ('note', 'task', 'appointment', 'email', 'profile', 'company', 'product', 'upload')),
  source_id uuid,
  contact_id uuid,
  title text,
  content_hash text not null,
  metadata jsonb not null default '{}',
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  indexed_at timestamptz,
  unique (account_id, id),
  unique (account_id, kind, source_id),
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index knowledge_documents_of_contact on public.knowledge_documents (account_id, contact_id);
comment on table public.knowledge_documents is 'What answers may cite: CRM texts (source_id = their row here) and uploads.';

create table public.knowledge_chunks (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  document_id uuid not null,
  position int not null,
  content text not null,
  search tsvector generated always as (to_tsvector('english'::regconfig, content)) stored,
  embedding extensions.vector,
  embedding_model text,
  created_at timestamptz not null default now(),
  unique (document_id, position),
  foreign key (account_id, document_id) references public.knowledge_documents (account_id, id) on delete cascade
);
create index knowledge_chunks_of_document on public.knowledge_chunks (account_id, document_id, position);
create index knowledge_chunks_search on public.knowledge_chunks using gin (search);
create index knowledge_chunks_trigram on public.knowledge_chunks using gin (content extensions.gin_trgm_ops);
comment on table public.knowledge_chunks is 'Pieces of documents for hybrid search: full text, trigram and, when an embedding model is set, vector.';
comment on column public.knowledge_chunks.embedding is 'Any number of dimensions; compare only rows of the same embedding_model. Null without a model.';

call private.make_app_table('knowledge_documents', array['admin', 'analyst']);
call private.make_app_table('knowledge_chunks', array['admin', 'analyst']);

-- Trust: feedback, verified answers, evaluation -----------------------------------------------------------------------

create table public.feedback (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  chat_id uuid references public.chats (id) on delete set null,
  message_id text,
  rating smallint not null check (rating in (-1, 1)),
  comment text check (length(comment) <= 4000),
  question text,
  answer jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (user_id, chat_id, message_id)
);
create index feedback_of_account on public.feedback (account_id, created_at desc);
comment on table public.feedback is 'Thumbs and comments on answers; they feed the evaluation questions.';

create table public.verified_answers (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  question text not null,
  query jsonb not null,
  spec jsonb,
  fingerprint text not null,
  status text not null default 'verified' check (status in ('verified', 'stale', 'revoked')),
  stale_reason text,
  verified_by uuid references auth.users (id) on delete set null,
  verified_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, fingerprint)
);
comment on table public.verified_answers is 'Answers an admin has checked. The badge drops (stale) when the query or a metric''s version changes the fingerprint.';

create table public.evaluation_questions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  question text not null check (length(btrim(question)) between 1 and 2000),
  expected jsonb not null default '{}',
  active boolean not null default true,
  last_result jsonb,
  last_run_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  unique (account_id, id)
);
create index evaluation_questions_of_account on public.evaluation_questions (account_id, active);
comment on table public.evaluation_questions is 'Questions with the tool calls and numbers expected, run in CI and in the product.';

alter table public.feedback enable row level security;
create policy "people read their own feedback, admins all of the account" on public.feedback for select to authenticated
  using (account_id in (select private.my_accounts(array['admin']))
         or user_id = (select auth.uid()) and account_id in (select private.my_accounts(array['admin', 'analyst'])));
grant select on public.feedback to authenticated;
grant select, insert, update, delete on public.feedback to service_role;
call private.make_app_table('verified_answers', array['admin', 'analyst']);
call private.make_app_table('evaluation_questions', array['admin', 'analyst']);

create function public.give_feedback(p_account uuid, p_rating smallint, p_chat uuid default null, p_message text default null,
  p_comment text default null, p_question text default null, p_answer jsonb default '{}') returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_id uuid;
begin
  perform private.require_role(p_account, array['admin', 'analyst']);
  if auth.uid() is null then
    raise exception 'Feedback needs a signed-in person.' using errcode = '42501';
  end if;
  if p_chat is not null and not exists (select from public.chats where id = p_chat and account_id = p_account and (user_id = auth.uid() or shared)) then
    raise exception 'There is no chat % of yours in the account.', p_chat using errcode = 'P0002';
  end if;
  insert into public.feedback (account_id, user_id, chat_id, message_id, rating, comment, question, answer)
  values (p_account, auth.uid(), p_chat, p_message, p_rating, p_comment, p_question, coalesce(p_answer, '{}'))
  on conflict (user_id, chat_id, message_id) do update
    set rating = excluded.rating, comment = excluded.comment, question = excluded.question, answer = excluded.answer, created_at = now()
  returning id into v_id;
  return v_id;
end $$;
comment on function public.give_feedback is 'Rates an answer 1 or -1; rating it again replaces the first. Admins and analysts.';

create function public.verify_answer(p_account uuid, p_question text, p_query jsonb, p_fingerprint text, p_spec jsonb default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_user uuid := private.require_admin_session(p_account);
  v_id uuid;
begin
  insert into public.verified_answers (account_id, question, query, spec, fingerprint, verified_by)
  values (p_account, p_question, p_query, p_spec, p_fingerprint, v_user)
  on conflict (account_id, fingerprint) do update
    set question = excluded.question, query = excluded.query, spec = excluded.spec, status = 'verified', stale_reason = null,
        verified_by = excluded.verified_by, verified_at = now()
  returning id into v_id;
  perform private.audit(p_account, 'user:' || v_user, 'answer.verified', 'verified_answer:' || v_id, jsonb_build_object('question', p_question));
  return v_id;
end $$;
comment on function public.verify_answer is 'Marks an answer as checked. Signed-in admins only.';

create function public.revoke_verified_answer(p_answer uuid, p_reason text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_account uuid := (select account_id from public.verified_answers where id = p_answer);
  v_user uuid := private.require_admin_session(v_account);
begin
  update public.verified_answers set status = 'revoked', stale_reason = p_reason where id = p_answer;
  perform private.audit(v_account, 'user:' || v_user, 'answer.revoked', 'verified_answer:' || p_answer, jsonb_build_object('reason', p_reason));
end $$;
