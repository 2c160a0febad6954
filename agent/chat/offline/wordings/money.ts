/** Ways to ask for money, orders, products and customers as numbers. Each block: the question as the analyst reads it, then ways people put it. */
export const moneyWordings = `
> revenue {when:this year}
how much money did we make
how much money came in
how much did we earn
what did we take in
total takings
how much have we made in sales
how much cash landed in the bank account
what was our turnover
money earned altogether
how much did the business bring in
total income of the business
how much did people pay us altogether
money in

> revenue by month {when:this year}
how much did we make each month
monthly takings
money coming in month by month
how did sales run month after month
how much did we earn every month
what came in per month
turnover for each month
monthly income overview
sales figures month by month
how has our income gone over the months
month by month earnings

> revenue by month {when:this year}, highest first
which was our best month
what month did we earn the most
in which month did we make the most money
best month for sales
strongest month for income
our record month for turnover
peak month for earnings
top months by takings
which month brought in the most money
which month had the highest sales
months ranked from best to worst by income

> revenue by month {when:this year}, lowest first
which was our worst month
what month did we earn the least
in which month did we make the least money
worst month for sales
weakest month for income
our slowest month for turnover
poorest month for earnings
which month brought in the least money
which month had the lowest sales
bottom months by takings
months ranked from worst to best by income

> revenue by weekday {when:this year}
how do sales differ between the days of the week
takings for each weekday
how much do we earn on the different weekdays
income per day of the week
how does money spread over the days of the week
mondays to sundays sales compared
turnover on each day of the week
weekday pattern of our income
earnings split across weekdays

> revenue by weekday {when:this year}, highest first
which weekday sells best
best day of the week for sales
on which weekday do we earn the most
what day of the week makes the most money
strongest weekday for income
busiest weekday for takings
which day of the week brings in the most money
top weekday by turnover
on what day of the week do people spend the most
weekdays ranked by income

> revenue by day {when:this month}
how much did we make each day
daily takings
what came in per day
day by day sales figures
money in for every single day
daily income overview
turnover day by day
earnings each day
how has our income gone day after day
daily sales chart

> revenue by day {when:this month}, highest first
which was our best day
on which date did we earn the most
best single day for sales
strongest day for income
our record day for takings
which date brought in the most money
peak day for earnings
what day did we make the most money
biggest sales day
days ranked from best to worst by income

> revenue by week {when:this quarter}
how much did we make each week
weekly takings
week by week sales figures
what came in per week
weekly income overview
turnover for every week
earnings week after week
money coming in week by week
how has our income gone week to week
weekly sales chart

> revenue by week {when:this quarter}, highest first
which was our best week
best week for sales
in which week did we earn the most
strongest week for income
our record week for takings
which week brought in the most money
peak week for earnings
weeks ranked from best to worst by income
what week did we make the most money

> revenue by quarter {when:this year}
how much did we make each quarter
quarterly takings
quarter by quarter sales figures
what came in per quarter
quarterly income overview
turnover for every quarter
earnings quarter after quarter
money coming in quarter by quarter
how has our income gone from quarter to quarter

> revenue by year
how much did we make each year
yearly takings
year by year sales figures
annual income overview
turnover for every year
earnings year after year
how has our income gone over the years
money coming in year by year
annual sales history
how has the business grown over the years in sales

> revenue by year, highest first
which was our best year
best year for sales
in which year did we earn the most
strongest year for income
our record year for takings
which year brought in the most money
what year did we make the most money
years ranked from best to worst by income

> revenue {when:this month} vs last year
year over year sales
year on year income
yoy turnover
year over year growth of income
how much have sales grown year on year
yoy growth in earnings
are sales up year over year
year on year comparison of takings
is the business growing year over year
yoy money in

> revenue {when:this month} vs the previous period
are sales going up or down
are we growing
is income rising or falling
are we making more or less money
are takings up or down
is the business growing
how much has income grown
has turnover gone up or down
are we selling more or less
growth in sales
is turnover trending upwards

> average revenue per month {when:this year}
how much do we make in an average month
what do we earn in a typical month
average monthly income
typical monthly takings
what comes in per month on average
usual month in sales
mean monthly turnover
what is a normal month worth in income
average month in earnings
on average how much money a month

> average revenue per day {when:this month}
how much do we make on an average day
what do we earn on a typical day
average daily income
typical daily takings
what comes in per day on average
mean daily turnover
usual day in sales
average day in earnings
on average how much money a day
what is a normal day worth in income

> revenue per customer {when:this year}
what does the average customer bring in
average spend per customer
money per customer
what is one customer worth in sales
how much do we earn from each customer on average
typical customer spend
mean spend of a customer
earnings per customer
income per head of our customers
average spend per buyer

> net revenue {when:this year}
what is left after refunds
how much did we keep after refunds
income after refunds
sales less what we paid back
earnings once refunds are taken off
how much money do we really keep after giving money back
takings after money returned
turnover less refunds
net takings
net income after refunds
what did we make after deducting refunds

> net revenue by month {when:this year}
what is left after refunds each month
how much did we keep after refunds month by month
monthly income after refunds
sales less what we paid back per month
net takings for each month
monthly turnover less refunds
earnings once refunds are taken off month by month
net income after refunds per month

> refunds {when:this year}
how much money did we give back
how much did we pay back to people
total amount refunded
what did refunds cost us
how much was returned to buyers
money handed back
sum of money paid back
how much have we reimbursed
how much did we lose to refunds
value of all refunds
refunded dollars

> refunds by month {when:this year}
how much did we give back each month
money paid back month by month
monthly refunded amount
what did refunds cost us per month
amount refunded for every month
monthly money handed back
how has the refunded money gone over the months

> refunds by product {when:this year}
on which products did we give money back
how much was refunded on each product
amount paid back per product
which items cost us the most in refunds
money handed back for every item
refunded dollars by item
which products get returned for money
where do refunds come from by item
which things do people want money back for

> refund rate {when:this year}
what part of sales gets refunded
how big a portion of income goes back as refunds
how high are refunds in relation to sales
refunds as a part of turnover
money back ratio
what portion of takings is paid back
what fraction of our income is refunded

> refund rate by product {when:this year}
portion of sales refunded for each product
which item has the highest refund ratio
what part of sales gets refunded per item
products with the worst refund ratio
money back ratio by item

> how many refunds did we give {when:last month}
how often did we give money back
how many times did we pay money back
number of refunds issued
how many refunds went out
how many times have we refunded
count of refunds processed
how many payments were returned to buyers
how many refunds were issued
number of times money was handed back

> average order value {when:this year}
how much does a typical order bring in
how big is an average order
what is an order worth on average
average basket size
typical basket value
average ticket
average cart
how much is spent per order
mean size of a purchase
what does the usual purchase come to
average amount of a sale
aov figure

> average order value by month {when:this year}
how big was an average order each month
basket size month by month
monthly average ticket
what was an order worth on average per month
average cart for every month
how has the typical basket changed over the months
mean purchase size month after month
aov month by month

> average order value by product {when:this year}
what is an order worth on average for each product
basket size per product
average ticket by item
which items come with the biggest baskets
typical basket value for every product
aov per item
average cart by item

> average order value by lead source {when:this year}
what is an order worth on average for each source
basket size per channel
which channel brings the biggest baskets
average ticket by channel
typical basket value for every source
aov per channel
average cart by marketing channel

> average order value by country {when:this year}
what is an order worth on average in each country
basket size per country
which country has the biggest baskets
average ticket by country
typical basket value for every country
aov per country
average cart from country to country

> average order value by owner {when:this year}
what is an order worth on average for each rep
basket size per salesperson
which rep has the biggest baskets
average ticket by team member
typical basket value for every rep
aov per salesperson
who in the team closes the biggest baskets

> orders {when:last month}
how many sales did we make
how many purchases came in
number of purchases
how many times did people buy from us
how many transactions went through
number of sales made
how many orders were placed
how busy was the shop in orders
count of transactions
how many sales were there
how often was something bought

> orders by month {when:this year}
how many sales did we make each month
how many purchases came in month by month
number of transactions per month
monthly order count
how many orders were placed every month
count of purchases for each month
monthly number of sales made
how has the number of purchases gone over the months

> orders by month {when:this year}, highest first
which month had the most orders
busiest month for orders
in which month were the most purchases made
month with the most transactions
top month by order count
record month for orders
what month did people order the most

> orders by week {when:this quarter}
how many sales did we make each week
how many purchases came in week by week
number of transactions per week
weekly order count
how many orders were placed every week
count of purchases for each week
weekly number of sales made

> orders by day {when:this month}
how many sales did we make each day
how many purchases came in day by day
number of transactions per day
daily order count
how many orders were placed every day
count of purchases for each day
daily number of sales made

> orders by weekday {when:this year}, highest first
on which weekday do people order the most
which weekday has the most orders
busiest day of the week for orders
weekday with the most purchases
what day of the week do most orders come in
top weekday by order count
on what day of the week do people buy most often
when in the week do most purchases happen

> orders {when:this month} vs last year
year over year orders
yoy order count
year on year growth in orders
are orders up year over year
how have purchases grown year on year
yoy growth of purchases
year on year comparison of transactions

> orders {when:this month} vs the previous period
are orders going up or down
are we getting more or fewer orders
is the order count rising or falling
are purchases up or down
growth in orders
are people ordering more or less
have transactions gone up or down

> average orders per month {when:this year}
how many orders in an average month
how many purchases in a typical month
average monthly order count
typical number of orders a month
how many sales do we make a month on average
mean monthly number of transactions

> average orders per day {when:this month}
how many orders on an average day
how many purchases on a typical day
average daily order count
typical number of orders a day
how many sales do we make a day on average
mean daily number of transactions

> orders by product {when:this year}
how many times was each product ordered
how often did people order each item
number of orders per item
order count for every product
how many purchases per product
which items are ordered how often

> orders by owner {when:this year}
how many sales did each rep make
number of orders per salesperson
order count for every team member
how many purchases per rep
number of transactions by salesperson
how many orders did everyone in the team bring

> orders by lead source {when:this year}
how many purchases came from each channel
number of orders per channel
order count for every source
how many sales per marketing channel
number of transactions by channel
how many orders does each channel bring

> orders by country {when:this year}
how many purchases came from each country
number of orders per country
order count for every country
where do orders come from by country
how many transactions by country
how many sales do we make in each country

> units sold {when:this month}
how many items did we sell
how many pieces went out
number of items sold
how many things did people buy
quantity sold
how many pieces were sold altogether
how many products did we ship
total pieces sold
sales volume in pieces
number of articles sold

> units sold by product {when:this year}
how many of each product did we sell
how many pieces of every item went out
quantity sold per product
number of items sold for each product
pieces sold by item
sales volume in pieces per item
how many did we sell of every single product
how often did each thing sell in pieces

> units sold by month {when:this year}
how many items did we sell each month
how many pieces went out month by month
monthly quantity sold
number of items sold per month
sales volume in pieces every month
monthly pieces sold

> top product by units sold {when:this year}
most popular product
what do people buy the most
which item sells most often
which product moves the most pieces
most bought item
biggest seller in pieces
what flies off the shelf
which product is bought most often
products with the highest quantity sold
which thing do we sell the most of

> products by units sold {when:this year}, lowest first
least popular product
what do people buy the least
which item sells least often
which product moves the fewest pieces
slow movers in pieces
products with the lowest quantity sold
which thing do we sell the least of
least bought item

> top product by revenue {when:this year}
which product makes the most money
what is our best earning product
which item brings in the most money
our bestsellers by income
which product earns us the most
star product in money terms
cash cow among the products
biggest money maker in our range
what product do we make the most with
which offer generates the most income
best performing product

> products by revenue {when:this year}, lowest first
which product makes the least money
what is our worst earning product
which item brings in the least money
flops by income
which product earns us the least
weakest product in money terms
worst performing product
which offer generates the least income
which products hardly earn anything
poor sellers in our range

> revenue by product {when:this year}
how much did we earn with each product
what does every product bring in
takings per item
money made by each offer
how much comes from which product
income for every item we sell
earnings split across products
what did we make on each item
sales figures product by product
breakdown of turnover into products

> share of revenue by product {when:this year}
what part of our income comes from each product
how is income divided up among products
product mix in sales
portion of turnover each product makes up
how dependent are we on single products
proportion of takings by item
which slice of the income does each product have
how much of the pie is every product

> revenue by category {when:this year}
how much did we earn with each category
what does every product category bring in
takings per product group
money made by each kind of product
income for every product line
earnings split across categories
sales figures category by category
breakdown of turnover into product groups
how much comes from which type of product

> top category by revenue {when:this year}
which category makes the most money
which product group brings in the most
which kind of product earns us the most
best earning category
strongest product line by income
which type of product sells best in money
our leading product group

> revenue by country {when:this year}
how much did we earn in each country
what does every country bring in
takings per country
which countries does our money come from
income for every nation
earnings split across countries
where in the world does our income come from
sales figures country by country
breakdown of turnover into countries

> top country by revenue {when:this year}
which country makes the most money for us
which country brings in the most
where in the world do we earn the most
best earning country
strongest country by income
our biggest market abroad and at home by country
in which country do we sell the most

> revenue by region {when:this year}
how much did we earn in each state
takings per state
what does every region bring in
income for every state
earnings split across regions
which states does our money come from
sales figures state by state
breakdown of turnover into states and provinces

> revenue by lead source {when:this year}
how much did we earn from each channel
what does every marketing channel bring in
takings per channel
where did the money come from by source
income for every channel
earnings split across sources
sales figures channel by channel
breakdown of turnover into sources
how much comes from which traffic source
which source brought how much money

> top lead source by revenue {when:this year}
which channel makes the most money
which channel brings in the most
best earning source
strongest channel by income
our most lucrative marketing channel
where do our best paying buyers come from
which traffic source earns us the most
which marketing pays off most in income

> revenue by owner {when:this year}
how much did each rep sell
sales per rep
what does everyone in the team bring in
takings per salesperson
how much money did each of the team make
income for every team member
earnings split across reps
sales figures rep by rep
how is the sales team doing in money
turnover by staff member
team sales figures

> top owner by revenue {when:this year}
who in the team sells the most
who in the team sold the most
which of us brings in the most money
who is our best salesperson
best seller in the team
which rep makes the most money
top rep in sales
star of the sales team
who brings in the most money among the staff
which colleague earns us the most
sales leaderboard of the team
strongest closer by income
salesperson ranking

> revenue by tag {when:this year}
how much did we earn from each tag
takings per tag
what does every tagged segment bring in
money from every tag
income for each segment
earnings split across tags
which tags does our money come from
sales figures tag by tag

> subscription revenue {when:last month}
how much came in from memberships
money from recurring payments
what did subscriptions bring in
income from monthly plans
earnings from renewals and recurring billing
how much do memberships earn us
recurring income collected
how much did we make with recurring charges

> revenue from single purchases {when:last month}
how much came in from non recurring sales
money from one off sales
what did one time purchases bring in
income from one time payments
earnings without subscriptions
takings except memberships
how much did we make on one off orders
sales outside of subscriptions

> revenue from new customers {when:this year}
how much did new customers bring in
money from first timers among our customers
what did newly won customers spend
income from customers we just gained
how much have the new customers paid us
takings from fresh customers
sales to brand new customers
what are the new clients spending

> revenue from returning customers {when:this year}
how much did repeat customers bring in
money from regular customers
what did existing customers spend again
income from customers who came back
how much have loyal customers paid us
takings from repeat buyers
what do returning clients spend
how much do old customers bring in

> revenue by new and returning customers {when:this year}
do we live on new or existing customers
how much comes from new and how much from old customers
split of income between first time and repeat buyers
new business against repeat business among our customers
first time buyers and repeat buyers in sales
takings from first orders and repeat orders of customers
do new or loyal customers bring in more

> sales invoiced {when:this month}
how much did we bill
how much did we invoice
total billed amount
value of invoices written
amount of bills sent out
what have we charged on invoices
invoiced amount altogether
sum of all bills issued
total of invoices we raised

> receivable
how much money is still owed to us
how much do people owe us
outstanding money
what are we still waiting to be paid
total outstanding invoices amount
sum of open bills
money still to come from invoices
how much is unpaid in total
accounts receivable balance
debt people have with us
how much money is out there uncollected
amount not yet paid

> overdue receivable
how much money is late
how much should have been paid already
how much of the outstanding money is past due
total past due amount
sum of overdue bills
overdue money
value of late invoices
what are people late in paying us
delinquent balance
amount in arrears

> receivable by receivable age
how long has the outstanding money been open
aging report
how old is the debt people have with us
ageing of unpaid invoices
ar aging
outstanding money by how late
how old are the open bills
age buckets of outstanding invoices
debtor aging

> receivable by owner
whose contacts owe the most by rep
outstanding money per salesperson
unpaid amount for each rep
open balances by team member
how much is still owed for each salesperson
uncollected money by rep

> expected cash
how much money will come in soon
what payments are on the way
money about to come in
upcoming payments total
what can we expect to be paid
cash flow ahead
how much is scheduled to come in
incoming money we can count on
money we will receive from charges coming up
what is due to be collected soon

> how many people bought {when:this year}
how many shoppers placed an order
number of buyers
how many different customers ordered something
how many customers made a purchase
how many individual buyers were there
how many clients spent money with us
count of unique buyers
how many customers paid for something
how many customers shopped with us

> new customers {when:last month}
how many new customers did we win
how many customers did we gain
how many first time buyers
number of newly won customers
how many buyers came for the first time
customers gained in number
how many customers have we acquired
how many people bought from us for the first time
customer acquisition count
how many fresh clients came on board

> new customers by month {when:this year}
how many new customers did we win each month
how many customers did we gain month by month
first time buyers per month
monthly number of newly won customers
customers acquired every month
customer growth month after month
monthly customer acquisition
how many fresh clients came on board each month

> new customers by month {when:this year}, highest first
which month won us the most customers
best month for new customers
in which month did we gain the most customers
record month for customer acquisition
month with the most first time buyers
peak month for winning customers

> new customers by lead source {when:this year}
where do new customers come from
which channel wins us customers
how many customers did each channel win
first time buyers per channel
newly won customers by source
customers acquired per marketing channel
how many new clients from every source
through which channels do we gain customers

> new customers by owner {when:this year}
how many customers did each rep win
newly won customers per salesperson
first time buyers by rep
customers acquired per team member
who in the team wins how many customers
how many new clients did every rep bring

> new customers by country {when:this year}
in which countries did we win customers
newly won customers per country
first time buyers by country
customers acquired in each country
how many new clients from every country

> new customers {when:this month} vs last year
year over year new customers
yoy customer acquisition
are we winning more customers year over year
first time buyers year on year
year on year growth in newly won customers

> customers
how many customers do we have
number of customers altogether
size of our customer base
how large is the client base
how many clients do we count
total customer count
how many buyers have we had altogether
how many people are customers
how many customers are in the books
count of everyone who is a customer

> active customers
how many customers are active
number of customers still buying
how many customers are alive
count of current buyers
how many clients are still with us
how many customers still shop with us
how many customers keep buying
size of the active customer base

> lapsed customers
how many customers have lapsed
how many customers stopped buying
number of customers gone quiet
how many customers have drifted away
count of dormant customers
how many clients went cold
how many inactive customers
number of customers who fell asleep
how many customers disappeared

> customers by country
how many customers do we have in each country
where do our customers live
in which countries are our customers
customer count for every country
clients per country
how are customers spread around the world
where in the world are our customers

> customers by lead source
how did our customers find us
where do our customers come from by channel
how many customers from each channel
customer count for every source
clients per channel
which channels did all our customers come through

> customers by owner
how many customers does each rep have
clients per salesperson
customer count for every team member
how many customers does everyone in the team look after
how are the customers divided among the reps
customer load of each rep

> customers by month {when:this year}
how has our customer base grown
how many customers did we have each month
customer count month by month
development of the client base over the months
size of the customer base for each month
monthly total of customers

> repeat purchase rate {when:this year}
what percentage of customers come back
what share of customers buy again
what percentage of buyers order a second time
how loyal are our customers
do customers come back
how many percent of customers return
returning customer rate
portion of customers who purchase again
customer loyalty rate
how often do customers come back for more

> repeat purchase rate by month {when:this year}
what percentage of customers come back each month
returning customer rate per month
monthly customer loyalty rate
how has customer loyalty changed over the months

> average lifetime value
what is a customer worth over the years
customer lifetime value
total worth of a typical customer
clv
ltv figure
how much does one customer bring in from first to last order
long term value of a customer
what is a client worth in the long run
how much is a customer worth altogether

> average lifetime value by lead source
what is a customer worth over the years for each channel
ltv per channel
customer lifetime value for every source
clv by channel
quality of customers per channel in the long run
long term value of customers by source
from which source do our most valuable customers come

> average lifetime value by country
which country has the most valuable customers
ltv per country
customer lifetime value for every country
clv by country
long term value of customers from country to country
what is a customer worth over the years in each country

> customers by RFM group
how are our customers segmented
how many customers are champions or loyal or at risk
customer segments by recency and frequency
rfm breakdown
rfm segmentation
how many customers in every segment of loyalty
sort customers into champions and sleepers
recency frequency monetary groups
rfm segments
how good is the mix of our customers

> how did customers move between RFM groups {when:this year}
how did customers change segments
which rfm segments gained and lost customers
movement of customers from one segment to another
rfm migration
customers moving up and down in the rfm segments
how have customers shifted between segments
rfm segment changes

> revenue by cohort {when:this year}
cohort income
cohort sales analysis
money by customer generation
earnings per cohort

> revenue at risk
how much money could we lose
income in danger
how much income is in jeopardy
what money might slip away
sales we stand to lose
income endangered by failing cards and quiet buyers
turnover in danger

> why did revenue change {when:last month}
what made sales go up or down
why did sales drop
why did we make less money
why did we earn more
what is behind the change in sales
reason for the drop in income
what caused the dip in turnover
explain the change in income
what drove sales
why is income down
why is turnover up
why did takings go down
where did the growth in sales come from

> why did orders change {when:last month}
why did we get fewer orders
why did we get more orders
what is behind the change in orders
reason for the drop in orders
what caused the dip in purchases
explain the change in the order count
why are orders down
why did purchases go down
what drove orders

> why did average order value change {when:last month}
why did people spend less per order
why are baskets smaller
why did the basket size change
what is behind the change in basket size
reason for the drop in the average ticket
why is the average cart down
what drove aov

> why did new customers change {when:last month}
why did we win fewer customers
why did we win more customers
what is behind the change in customer acquisition
reason for the drop in newly won customers
why are we gaining fewer customers
why did first time buyers go down

> why did refunds change {when:last month}
why did we give so much money back
why are refunds up
what is behind the change in refunds
reason for the rise in money paid back
what caused the refunded amount to go up
why did people want more money back

> forecast revenue for the next 3 months
predicted income
sales outlook
expected sales ahead
where is income heading
sales prediction
estimate of future takings
how much will we make
how much money will we earn
what will sales look like
projected turnover
income projection
what are we going to earn

> forecast orders for the next 3 months
predicted order count
order outlook
expected number of purchases ahead
estimate of future orders
how many orders will we get
projected number of orders
how many purchases will there be
how many sales will we make

> forecast new customers for the next 3 months
how many customers will we win
predicted number of newly won customers
customer acquisition outlook
how many customers are we going to gain
estimate of future first time buyers
projected new customers

> revenue for {product} {when:this year}
how much did we make with {product}
what did {product} bring in
money earned on {product}
takings from {product}
how much has {product} made us
income generated by {product}
how much did people spend on {product}
what does {product} earn us
turnover with {product}
how much money comes from {product}
how well does {product} sell in money

> revenue for {product} by month {when:this year}
how much did we make with {product} each month
monthly takings from {product}
what did {product} bring in month by month
income generated by {product} per month
how has {product} sold over the months in money
turnover with {product} for every month
{product} earnings month after month

> share of {product} in revenue {when:this year}
what share of our income does {product} make up
what percentage of sales comes from {product}
how big a share of turnover is {product}
percentage of takings from {product}
what percent of our money comes from {product}
how important is the share of {product} in sales

> units sold of {product} {when:this month}
how many {product} did we sell
how many pieces of {product} went out
quantity of {product} sold
number of {product} sold
how many {product} were sold
how many {product} left the shop
{product} sales in pieces

> units sold of {product} by month {when:this year}
how many {product} did we sell each month
how many pieces of {product} went out month by month
monthly quantity of {product} sold
number of {product} sold per month
{product} sales in pieces for every month

> orders of {product} {when:this year}
how many orders contained {product}
how many times was {product} ordered
how often did people order {product}
number of purchases with {product}
how many transactions included {product}
order count for {product}

> refunds for {product} {when:this year}
how much did we give back for {product}
money paid back on {product}
amount refunded for {product}
what did refunds of {product} cost us
how much was returned to buyers of {product}
refunded dollars on {product}

> refund rate for {product} {when:this year}
what part of {product} sales gets refunded
portion of {product} income that went back
how high are refunds of {product} in relation to sales

> revenue for {category} {when:this year}
how much did we make with {category}
what did {category} bring in
money earned on {category}
takings from {category}
income generated by {category}
how much did people spend on {category}
what do {category} earn us
turnover with {category}
how much money comes from {category}

> revenue for {category} by month {when:this year}
how much did we make with {category} each month
monthly takings from {category}
what did {category} bring in month by month
income generated by {category} per month
turnover with {category} for every month

> revenue from {lead_source} {when:this year}
how much did we make through {lead_source}
what did {lead_source} bring in
money earned via {lead_source}
takings from {lead_source}
income generated by {lead_source}
how much did people from {lead_source} spend
what does {lead_source} earn us
how much money comes from {lead_source}
how much did {lead_source} contribute to sales

> new customers from {lead_source} {when:this year}
how many customers did {lead_source} win us
how many customers did we gain through {lead_source}
first time buyers from {lead_source}
customers acquired through {lead_source}
how many fresh clients does {lead_source} bring

> revenue from {country} {when:this year}
how much did we make in {country}
what did {country} bring in
money earned in {country}
takings from {country}
income generated in {country}
how much did people in {country} spend
what does {country} earn us
how much money comes from {country}
how well do we sell in {country} in money

> revenue from {region} {when:this year}
how much did we make in {region}
what did {region} bring in
money earned in {region}
takings from {region}
income generated in {region}
how much did people in {region} spend
what does {region} earn us
how much money comes from {region}

> revenue from people with {tag} {when:this year}
how much did we make from everyone tagged {tag}
what did people tagged {tag} spend
money earned from the {tag} segment
takings from contacts with {tag}
income generated by people tagged {tag}
how much have contacts tagged {tag} paid us
what does the {tag} group bring in
how much money comes from contacts with {tag}

> revenue of {owner} {when:this year}
how much did {owner} sell
what did {owner} bring in
how much money did {owner} make for us
takings by {owner}
income generated by {owner}
sales figures of {owner}
turnover of {owner}
how well is {owner} selling in money
what has {owner} earned the company

> orders of {owner} {when:this year}
how many sales did {owner} make
how many orders did {owner} bring
number of purchases credited to {owner}
order count of {owner}
how many transactions belong to {owner}

> average order value of {owner} {when:this year}
what is an order of {owner} worth on average
basket size of {owner}
average ticket of {owner}
typical basket value of {owner}
aov figure of {owner}
`;
